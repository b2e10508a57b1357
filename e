/tmp/hs/p/j.bash: line 7: fetch-api: command not found
