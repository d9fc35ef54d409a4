// Package policy carries the embedded policy and the cards written beside it: the 2012 opinion of the People's
// Government of Guangdong on service platforms for specialised towns. It is data; it holds no logic, and the
// official text is never edited, damaged character included.
package policy

import _ "embed"

// What is known of the embedded text's origin. The published page is a government policy listing of
// 2012-09-03; the text itself is dated 2012-08-23.
const (
	ID        = "gd-2012-sme-platforms"
	Title     = "广东省人民政府关于加快专业镇中小微企业服务平台建设的意见"
	Issuer    = "广东省人民政府"
	Dated     = "2012-08-23"
	Published = "2012-09-03"
	File      = "gd-2012-sme-platforms.txt"
)

// Text is the official text as published, without the page's own furniture.
//
//go:embed gd-2012-sme-platforms.txt
var Text []byte

// Cards holds the hand-written cards of its articles and of the nine platform types, as YAML.
//
//go:embed cards.yaml
var Cards []byte
