"""Adjudications, gaps of the policy, disputes and rounds as they are kept."""
