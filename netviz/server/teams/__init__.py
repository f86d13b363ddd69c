"""Teams: people, their teams and roles, and the audit trail of their actions."""
