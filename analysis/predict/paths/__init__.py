"""The ways customers take: funnels of events, what follows what, and which contact an order is credited to."""
