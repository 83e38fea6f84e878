"""When a customer orders next, as a window whose coverage was measured."""
