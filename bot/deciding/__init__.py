"""DECIDE: rules in order, thresholds and the certificate. Everything here is pure."""
