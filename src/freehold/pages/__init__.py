"""The HTML kit: pages in a browser, from a request to what is shown. Knows no slice."""
