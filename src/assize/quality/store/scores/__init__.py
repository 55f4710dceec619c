"""What scorecards read: sums of comparisons and of work, and how decisions are scored."""
