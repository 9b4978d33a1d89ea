#!/bin/sh
# tally.sh COMMAND FILE: adds up a file with lines "date,category,amount".
case "$1" in
total) awk -F, -f total.awk "$2" ;;
*)
  echo "usage: tally.sh total FILE" >&2
  exit 2
  ;;
esac
