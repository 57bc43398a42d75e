"""Asking people by mail to join an organization."""
