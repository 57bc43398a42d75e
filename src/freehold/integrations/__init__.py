"""Freehold in an application of another framework. Nothing else imports these, nor the frameworks."""
