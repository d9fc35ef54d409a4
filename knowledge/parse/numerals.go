package parse

import "strings"

var digit = map[rune]int{'零': 0, '〇': 0, '○': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// Number reads a Chinese numeral below ten thousand (二十四, 一百零五, 两千) or ASCII digits. It reports
// false for anything else.
func Number(s string) (int, bool) {
	total, cur, seen := 0, 0, false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			cur = cur*10 + int(r-'0')
		case r == '十', r == '百', r == '千':
			unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
			if cur == 0 {
				cur = 1
			}
			total += cur * unit
			cur = 0
		default:
			d, ok := digit[r]
			if !ok {
				return 0, false
			}
			cur = cur*10 + d
			if d == 0 {
				cur = 0
			}
		}
		seen = true
		if total+cur > 99999 {
			return 0, false
		}
	}
	return total + cur, seen
}

// Chinese writes n (1 to 9999) the way articles are numbered: 24 -> 二十四, 105 -> 一百零五.
func Chinese(n int) string {
	names := []rune("零一二三四五六七八九")
	units := []string{"", "十", "百", "千"}
	var parts []string
	zero := false
	for place := 3; place >= 0; place-- {
		p := 1
		for range place {
			p *= 10
		}
		d := n / p % 10
		if d == 0 {
			zero = len(parts) > 0
			continue
		}
		if zero {
			parts = append(parts, "零")
			zero = false
		}
		if place == 1 && d == 1 && len(parts) == 0 {
			parts = append(parts, "十")
			continue
		}
		parts = append(parts, string(names[d])+units[place])
	}
	return strings.Join(parts, "")
}
