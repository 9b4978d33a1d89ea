#!/bin/sh
# Compares what tally.sh prints with what it should.
sh tally.sh total data/march.csv | grep -qx 900 || { echo "FAIL total"; exit 1; }
sh tally.sh by-category data/march.csv | grep -qx "food 75" || { echo "FAIL by-category"; exit 1; }
sh tally.sh top data/march.csv | grep -qx rent || { echo "FAIL top"; exit 1; }
echo "ok: 3 tests"
