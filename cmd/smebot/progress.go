package main

import (
	"fmt"
	"os"
)

// progress shows how far long work is, on a terminal only.
func progress(e *env, what string, done, all int) {
	f, ok := e.errs.(*os.File)
	if !ok {
		return
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return
	}
	end := ""
	if done == all {
		end = "\n"
	}
	fmt.Fprintf(f, "\r%s %d of %d%s", what, done, all, end)
}
