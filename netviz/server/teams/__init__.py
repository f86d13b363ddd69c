"""Teams: who people are, what they belong to, what they may, and the record of what they did."""
