package directory

import (
	"strconv"
	"strings"
)

// Fault is one thing wrong with a list. A list with any fault is not imported.
type Fault struct {
	Line   int    // of the file, from 1; 0 for the file as a whole
	Column string // as the list calls it; "" for the whole line
	kind   faultKind
	value  string // what stands there
	hint   string // the nearest that would be right
}

type faultKind int

const (
	tooLarge faultKind = iota
	notReadable
	oldExcel
	badCoding
	emptyList
	noColumn
	twoColumns
	unknownColumn
	missing
	tooLong
	unknownTown
	sharedTown
	unknownPlatform
	badDate
	futureDate
	noWayIn
	repeated
	tooManyRows
	brokenQuotes
)

// faultWords are what a fault says, in Chinese and in English. {v} is what stands there, {h} the hint.
var faultWords = map[faultKind][2]string{
	tooLarge:        {"文件太大，最大 {h}；请分成几个文件", "the file is too large, at most {h}: split it"},
	notReadable:     {"文件读不出来（{v}）；请另存为 .xlsx 或 CSV 再试", "the file cannot be read ({v}): save it as .xlsx or CSV again"},
	oldExcel:        {"这是旧版 Excel 文件（.xls）；请另存为 .xlsx", "this is an old Excel file (.xls): save it as .xlsx"},
	badCoding:       {"文字编码既不是 UTF-8 也不是 GB18030；请另存为「CSV UTF-8」", "the text is neither UTF-8 nor GB18030: save it as CSV UTF-8"},
	emptyList:       {"没有一行机构", "there is no organisation in it"},
	noColumn:        {"缺少「{h}」这一列", "the column {h} is missing"},
	twoColumns:      {"「{v}」有两列", "the column {v} stands there twice"},
	unknownColumn:   {"认不出「{v}」这一列；请改成 {h} 之一，或删去", "the column {v} is not known: use one of {h}, or leave it out"},
	missing:         {"没有填", "it is empty"},
	tooLong:         {"太长，最多 {h} 个字", "it is too long, at most {h} characters"},
	unknownTown:     {"认不出「{v}」这个镇街{h}", "no town is known as {v}{h}"},
	sharedTown:      {"「{v}」不止一个，请写全：{h}", "several towns are called {v}, write one of: {h}"},
	unknownPlatform: {"认不出「{v}」这类平台{h}", "no platform type is known as {v}{h}"},
	badDate:         {"「{v}」不是日期，请写成 2026-10-31", "{v} is no date, write 2026-10-31"},
	futureDate:      {"「{v}」还没有到", "{v} lies ahead"},
	noWayIn:         {"联系方式和地址至少填一样", "it needs a contact or an address"},
	repeated:        {"与第 {h} 行是同一家（镇街、平台、名称相同）", "it is the one of line {h} again (same town, platform and name)"},
	tooManyRows:     {"行数太多，最多 {h} 行", "too many lines, at most {h}"},
	brokenQuotes:    {"引号没有成对（{v}）", "the quotes do not match ({v})"},
}

// Words says what is wrong, with where, in Chinese or in English.
func (f Fault) Words(chinese bool) string {
	w := faultWords[f.kind]
	i, line, column := 1, "line "+strconv.Itoa(f.Line)+": ", f.Column+": "
	if chinese {
		i, line, column = 0, "第 "+strconv.Itoa(f.Line)+" 行：", "「"+f.Column+"」"
	}
	s := strings.NewReplacer("{v}", f.value, "{h}", f.hintIn(chinese)).Replace(w[i])
	if f.Column != "" {
		s = column + s
	}
	if f.Line > 0 {
		s = line + s
	}
	return s
}

// hintIn words a hint of the kind "did you mean".
func (f Fault) hintIn(chinese bool) string {
	if f.kind != unknownTown && f.kind != unknownPlatform {
		return f.hint
	}
	switch {
	case f.hint == "" && f.kind == unknownPlatform:
		_, names := Platforms()
		var all []string
		for _, s := range slugs {
			all = append(all, names[s])
		}
		if chinese {
			return "；可填：" + strings.Join(all, "、")
		}
		return "; use one of " + strings.Join(slugs, " ")
	case f.hint == "" && chinese:
		return "；请写全，例如「中山市古镇镇」"
	case f.hint == "":
		return "; write it whole, as 中山市古镇镇"
	case chinese:
		return "；是不是「" + f.hint + "」？"
	}
	return "; is it " + f.hint + "?"
}
