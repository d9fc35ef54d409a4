package intents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryPlaceholderIsFilled reads the calls that say a sentence: each must give a value for every placeholder of
// the sentence, and for no other. A sentence with a hole is worse than none.
func TestEveryPlaceholderIsFilled(t *testing.T) {
	keys := map[string]key{} // by the name of the constant
	var files []*ast.File
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if id, ok := v.Type.(*ast.Ident); ok && id.Name == "key" {
					k, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
					keys[v.Names[0].Name] = key(k)
				}
			}
		}
	}
	checked := 0
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || call.Ellipsis.IsValid() {
				return true
			}
			name, at := "", 0
			switch fun := call.Fun.(type) {
			case *ast.Ident:
				name, at = fun.Name, 1
			case *ast.SelectorExpr:
				name = fun.Sel.Name
			}
			if name != "say" && name != "office" || len(call.Args) <= at {
				return true
			}
			id, ok := call.Args[at].(*ast.Ident)
			if !ok {
				return true
			}
			k, ok := keys[id.Name]
			if !ok {
				return true // a variable
			}
			checked++
			given := []string{}
			if name == "office" {
				given = []string{"{centre}", "{contact}", "{hours}"}
			}
			for i := at + 1; i < len(call.Args); i += 2 {
				if lit, ok := call.Args[i].(*ast.BasicLit); ok {
					s, _ := strconv.Unquote(lit.Value)
					given = append(given, "{"+s+"}")
				}
			}
			for _, want := range strings.Fields(holders(simplified[k])) {
				if !slices.Contains(given, want) {
					t.Errorf("%s is said without %s", id.Name, want)
				}
			}
			for _, g := range given {
				if name == "say" && !strings.Contains(simplified[k], g) {
					t.Errorf("%s has no place for %s", id.Name, g)
				}
			}
			return true
		})
	}
	if checked < 80 {
		t.Errorf("%d sentences found in the source, want 80 or more", checked)
	}
}
