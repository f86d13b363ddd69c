"""History: what agents report, stored as keyframes and segments."""
