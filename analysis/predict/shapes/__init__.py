"""The shape of each customer's last twelve months: rising, steady, seasonal, fading, or a burst."""
