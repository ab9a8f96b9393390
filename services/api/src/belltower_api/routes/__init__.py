"""The operations, one router per noun."""
