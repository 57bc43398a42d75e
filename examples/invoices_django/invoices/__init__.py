"""Invoices of organizations."""
