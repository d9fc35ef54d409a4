package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// How the configuration is read: from YAML, with faults in its own words, and from the environment.

// Days is a time in whole days, written "90d".
type Days int

// UnmarshalYAML reads "90d". The library does not add the place to errors of this kind.
func (d *Days) UnmarshalYAML(n ast.Node) error {
	text, plain := n.(ast.ScalarNode)
	if plain && text.GetValue() == nil { // all of it is commented out
		return nil
	}
	err := errNoDays
	if plain {
		err = d.set(fmt.Sprint(text.GetValue()))
	}
	if err != nil {
		return fmt.Errorf("line %d: %s: %w", n.GetToken().Position.Line, strings.TrimPrefix(n.GetPath(), "$."), err)
	}
	return nil
}

var errNoDays = errors.New("want whole days, one or more, as in 90d")

func (d *Days) set(s string) error {
	n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
	if err != nil || n < 1 || !strings.HasSuffix(s, "d") {
		return errNoDays
	}
	*d = Days(n)
	return nil
}

// Duration returns the days as a duration.
func (d Days) Duration() time.Duration { return time.Duration(d) * 24 * time.Hour }

var yamlPlace = regexp.MustCompile(`^\[(\d+):(\d+)\] `)

var (
	wrongType = regexp.MustCompile(`(?:cannot unmarshal .* into Go .* of type (\S+)| was used where (\S+) is expected)$`)
	yamlKey   = regexp.MustCompile(`^[\s-]*([a-z_]+)\s*:`)
)

// wanted says what a value of a type, Go's or YAML's, looks like in the file.
func wanted(kind string) string {
	switch {
	case strings.HasSuffix(kind, "bool"):
		return "true or false"
	case strings.HasPrefix(kind, "[]"), kind == "sequence":
		return "a list"
	case strings.Contains(kind, "int"):
		return "a whole number"
	case strings.HasSuffix(kind, "string"):
		return "one text"
	}
	return "keys with values below it"
}

// yamlFault says in one line what is wrong and where. The library's own text shows the lines around it, which
// may hold secrets, and speaks of Go.
func yamlFault(err error, body []byte) string {
	first, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	if m := yamlPlace.FindStringSubmatch(first); m != nil {
		if w := wrongType.FindStringSubmatch(first); w != nil {
			key, lines := "", bytes.Split(body, []byte("\n"))
			if n, err := strconv.Atoi(m[1]); err == nil && n <= len(lines) {
				if k := yamlKey.FindSubmatch(lines[n-1]); k != nil {
					key = string(k[1]) + ": "
				}
			}
			first = m[0] + key + "want " + wanted(w[1]+w[2]) + " (see config.example.yaml)"
		}
		first = fmt.Sprintf("line %s, column %s: %s", m[1], m[2], strings.TrimPrefix(first, m[0]))
	}
	if strings.Contains(first, "unknown field") {
		first += " (see config.example.yaml for every key)"
	}
	return first
}

// environment overlays SMEBOT_… variables.
func (c *Config) environment(environ []string) error {
	env := map[string]string{}
	for _, e := range environ {
		if k, v, ok := strings.Cut(e, "="); ok && strings.HasPrefix(k, "SMEBOT_") {
			env[k] = v
		}
	}
	known := map[string]bool{}
	err := overlay(reflect.ValueOf(c).Elem(), "SMEBOT", env, known)
	for name := range env {
		if !known[name] {
			c.unknown = append(c.unknown, name)
		}
	}
	slices.Sort(c.unknown)
	return err
}

// warn tells of what is not wrong but hardly meant.
func (c Config) warn(log *slog.Logger) {
	for _, name := range c.unknown {
		log.Warn("this variable in the environment sets nothing: its name is no key of the configuration (see config.example.yaml)", "name", name)
	}
}

// overlay lays variables over the keys below v, and notes the names of all that there could be.
func overlay(v reflect.Value, prefix string, env map[string]string, known map[string]bool) error {
	for i := range v.NumField() {
		f := v.Field(i)
		if !v.Type().Field(i).IsExported() {
			continue
		}
		name := prefix + "_" + strings.ToUpper(v.Type().Field(i).Tag.Get("yaml"))
		if f.Kind() == reflect.Struct {
			if err := overlay(f, name, env, known); err != nil {
				return err
			}
			continue
		}
		if f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct && f.Len() > 0 {
			for j := range f.Len() {
				named := f.Index(j).FieldByName("Name").String()
				key := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(named))
				if err := overlay(f.Index(j), name+"_"+key, env, known); err != nil {
					return err
				}
			}
			continue
		}
		known[name] = true
		s, ok := env[name]
		if !ok {
			continue
		}
		switch p := f.Addr().Interface().(type) {
		case *string:
			*p = s
		case *[]string:
			*p = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
		case *int64:
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return fmt.Errorf("environment %s: want a whole number", name)
			}
			*p = n
		case **bool:
			b, err := strconv.ParseBool(s)
			if err != nil {
				return fmt.Errorf("environment %s: want true or false", name)
			}
			*p = &b
		case *Days:
			if err := p.set(s); err != nil {
				return fmt.Errorf("environment %s: %w", name, err)
			}
		default:
			return fmt.Errorf("environment %s: set this in the configuration file", name)
		}
	}
	return nil
}
