"""What commands do on a board: functions that return values, and print nothing."""
