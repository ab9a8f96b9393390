"""What the API takes and gives, one model per noun. OpenAPI is made from here."""
