package followup

import (
	"strings"

	"smebot/knowledge"
)

// sentences are the words of announcements: simplified Chinese, English. The Chinese heads hold 登记, which robots
// may have for a keyword.
var sentences = map[string][2]string{
	typeNew + ".head":       {"【新登记】{count} 件", "[New requests] {count}"},
	typeLate + ".head":      {"【登记超时】{count} 件", "[Late requests] {count}"},
	typeWithdrawn + ".head": {"【撤回登记】{count} 件：本人已撤回同意，请不要再转交；已经转出去的，请告诉对方", "[Withdrawn requests] {count}: consent was taken back; do not pass them on, and tell whoever has them"},

	"group":       {"{who}（{count} 件）：", "{who} ({count}):"},
	"nobody":      {"还没有人经办", "nobody in charge"},
	"uncontacted": {"满3个工作日没人联系", "nobody made contact within 3 working days"},
	"late":        {"满{days}天没办结", "open for {days} days"},
	"passed":      {"已转给{organisation}", "passed on to {organisation}"},
	"erased":      {"资料已删除", "data erased"},
	"more":        {"另有 {count} 件：{link}", "{count} more: {link}"},
	"test":        {"【登记通知测试】收到这条，说明新登记和超时提醒会发到这里。", "[Test] New and late requests will be announced here."},

	"status.new":        {"没联系", "not contacted"},
	"status.contacted":  {"已联系", "contacted"},
	"status.referred":   {"已转介", "passed on"},
	"status.in_service": {"服务中", "in service"},
}

// say returns a sentence with {name} replaced by the value that follows the name in pairs.
func say(l knowledge.Language, key string, pairs ...string) string {
	s := sentences[key][0]
	if l == knowledge.English {
		s = sentences[key][1]
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
