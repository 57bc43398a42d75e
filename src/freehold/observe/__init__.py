"""What a process notes about its own work: metrics, traces and logs. None of it ever holds a value of a request."""
