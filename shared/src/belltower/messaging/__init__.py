"""RabbitMQ: what exists there, one way to publish, one way to consume."""
