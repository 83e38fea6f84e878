"""What rows prove about columns: parts that make up a total, rates that turn currencies into one."""
