"""What an operator watches: lights of the status page, logs, metrics."""
