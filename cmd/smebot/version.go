package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release this tree leads to.
const version = "0.1.0"

type versionCmd struct{}

// Run prints version, commit and Go version.
func (versionCmd) Run(e *env) error {
	commit, dirty := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = " (modified)"
			}
		}
	}
	_, err := fmt.Fprintf(e.out, "smebot %s\ncommit %s%s\n%s %s/%s\n", version, commit, dirty, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
