package hostile

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// never are elements that no page of the console has.
var never = map[string]bool{
	"iframe": true, "frame": true, "frameset": true, "object": true, "embed": true, "applet": true, "base": true, "style": true, "math": true,
	"template": true, "portal": true, "foreignobject": true, "animate": true, "set": true, "marquee": true, "audio": true, "video": true,
	"image": true, "xmp": true, "plaintext": true, "listing": true, "noembed": true, "dialog": true, "b": true,
}

// Alien parses a page as a browser does and says what of it no author of the console wrote: elements, attributes and
// addresses that came from a payload. "" is a page that is all its author's.
func Alien(page io.Reader) (string, error) {
	root, err := html.Parse(page)
	if err != nil {
		return "", err
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			if why := alienElement(n); why != "" {
				return why, nil
			}
		}
	}
	return "", nil
}

func alienElement(n *html.Node) string {
	name := strings.ToLower(n.Data)
	if never[name] || strings.Contains(name, "x7") {
		return "<" + name + ">"
	}
	var src string
	for _, a := range n.Attr {
		key := strings.ToLower(a.Key)
		what := fmt.Sprintf("<%s %s=%q>", name, key, a.Val)
		switch {
		case strings.HasPrefix(key, "on"), strings.Contains(key, "x7"), key == "style", key == "srcdoc", key == "http-equiv", key == "formaction", key == "ping":
			return what
		case key == "id" && strings.Contains(a.Val, "x7"), key == "class" && strings.Contains(a.Val, "x7") && !strings.HasPrefix(a.Val, "tag s-"):
			return what
		case (key == "href" || key == "src" || key == "action" || key == "xlink:href" || key == "poster" || key == "background") && !harmless(key, a.Val):
			return what
		case key == "src":
			src = a.Val
		}
	}
	if name == "script" && (!strings.HasPrefix(src, "/console/static/") || n.FirstChild != nil) {
		return "<script>"
	}
	return ""
}

// harmless reports whether an address may stand in an attribute. A link may lead elsewhere: documents name their
// source. What a page loads or posts to may not.
func harmless(key, address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "":
		return u.Host == "" || key == "href"
	case "https", "http", "tel", "mailto":
		return key == "href"
	case "data":
		return strings.HasPrefix(address, "data:image/png;base64,") && key == "src" || address == "data:,"
	}
	return false
}
