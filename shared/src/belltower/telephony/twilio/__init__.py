"""Twilio, as a carrier; the simulated carrier speaks the same API, so the code is the same.

Twilio's own words (`in-progress`, `no-answer`, `canceled`, `initiated`) exist in this package only. Who takes callbacks needs
no client, and does not load one.
"""
