"""The four ways of pacing: predictive, progressive, power, preview."""
