"""Pixels to fields: opens faxes, lays pages straight, finds the form, reads what was written.

Everything here is pure: bytes, arrays and typed templates come in, typed results go out.
"""
