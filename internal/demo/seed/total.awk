# The sum of the third column.
{ sum += $3 }
END { print sum + 0 }
