"""The rules of the trade, without any I/O. `now` is always an argument."""
