"""Why another report shows another revenue: the treatments that explain the difference, the exact one first."""
