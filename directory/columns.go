package directory

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"smebot/knowledge/script"
)

// column is something a list tells of an organisation.
type column int

const (
	colCity column = iota
	colTown
	colPlatform
	colName
	colContact
	colAddress
	colHours
	colSource
	colDate
	colIgnored
	columns
)

// heads are what a list may call each column, the first being the template's; and how long its values may be.
var heads = [columns]struct {
	names []string
	most  int // characters
}{
	colCity:     {[]string{"城市", "市", "地市", "city"}, 10},
	colTown:     {[]string{"镇街", "镇", "镇区", "城镇", "乡镇", "街道", "所在镇街", "所在地", "地区", "区县", "town", "place"}, 30},
	colPlatform: {[]string{"平台类型", "平台", "类型", "平台类别", "服务类型", "platform", "type"}, 80},
	colName:     {[]string{"机构名称", "名称", "机构", "单位", "单位名称", "平台名称", "name", "organisation", "organization"}, 60},
	colContact:  {[]string{"联系方式", "联系电话", "电话", "咨询电话", "contact", "phone", "tel"}, 80},
	colAddress:  {[]string{"地址", "办公地址", "address"}, 100},
	colHours:    {[]string{"服务时间", "时间", "办公时间", "工作时间", "hours"}, 40},
	colSource:   {[]string{"来源", "资料来源", "依据", "source"}, 100},
	colDate:     {[]string{"更新日期", "日期", "核实日期", "date", "as of"}, 40},
	colIgnored:  {[]string{"序号", "编号", "备注", "no", "no.", "remark", "remarks", "note", "notes"}, 10000},
}

// needed are the columns without which a list says too little.
var needed = []column{colTown, colPlatform, colName}

// columnOf reads the head of a column.
func columnOf(head string) (column, bool) {
	h := strings.ToLower(strings.TrimSpace(script.Simplified(norm.NFKC.String(head))))
	h = strings.TrimRight(strings.TrimPrefix(h, "*"), "*: ") // marks of what must be filled in
	for c := range heads {
		for _, n := range heads[c].names {
			if h == n {
				return column(c), true
			}
		}
	}
	return 0, false
}

func templateHeads() []string {
	var list []string
	for c := colTown; c < colIgnored; c++ {
		list = append(list, heads[c].names[0])
	}
	return list
}

// Template returns the head of a list as CSV that Excel opens with Chinese intact: a byte order mark, the
// columns' names, and no organisation.
func Template() []byte {
	return []byte("\ufeff" + strings.Join(templateHeads(), ",") + "\r\n")
}
