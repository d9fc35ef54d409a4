package directory

import (
	"slices"
	"strings"

	"smebot/knowledge/script"
)

// slugs are the nine platform types, in the order of Article 2 of the opinion.
var slugs = []string{"technology-innovation", "industrial-design", "quality-testing", "intellectual-property", "information-network", "e-commerce", "incubation", "financing", "talent-training"}

// typeNames are what a list may call a platform type; the first is its name.
var typeNames = map[string][]string{
	"technology-innovation": {"技术创新", "技术", "科技", "研发", "technology"},
	"industrial-design":     {"工业设计", "设计", "design"},
	"quality-testing":       {"质量检测", "检测", "质检", "检验检测", "质量", "testing", "quality"},
	"intellectual-property": {"知识产权", "专利", "商标", "ip"},
	"information-network":   {"信息网络", "信息", "信息化", "information"},
	"e-commerce":            {"电子商务", "电商", "ecommerce"},
	"incubation":            {"创业孵化", "孵化", "创业", "孵化器"},
	"financing":             {"企业融资", "融资", "金融", "担保", "贷款", "finance"},
	"talent-training":       {"人才培训", "培训", "人才", "training"},
}

// Platforms returns the slugs of the platform types in their order, and their Chinese names by slug.
func Platforms() (list []string, names map[string]string) {
	names = map[string]string{}
	for _, s := range slugs {
		names[s] = typeNames[s][0]
	}
	return slices.Clone(slugs), names
}

// platformOf returns the slug that a cell names.
func platformOf(text string) (string, bool) {
	s := strings.ToLower(strings.TrimSpace(script.Simplified(text)))
	for _, tail := range []string{"公共服务平台", "服务平台", "平台", "服务", "类", " platform"} {
		if short, ok := strings.CutSuffix(s, tail); ok && short != "" {
			s = short
			break
		}
	}
	s = strings.TrimSpace(s)
	for _, slug := range slugs {
		if s == slug || s == strings.ReplaceAll(slug, "-", " ") || slices.Contains(typeNames[slug], s) {
			return slug, true
		}
	}
	return "", false
}

// nearestPlatform returns the name that shares most characters with a text, for a message about a slip.
func nearestPlatform(text string) string {
	best, most := "", 0
	for _, slug := range slugs {
		for _, n := range append([]string{slug}, typeNames[slug]...) {
			shared := 0
			for _, r := range n {
				if strings.ContainsRune(text, r) {
					shared++
				}
			}
			if score := shared * 100 / len([]rune(n)); shared > 0 && score > most {
				best, most = typeNames[slug][0], score
			}
		}
	}
	return best
}
