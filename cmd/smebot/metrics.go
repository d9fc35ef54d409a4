package main

import (
	"cmp"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"smebot/bot"
)

// meter counts for Prometheus. No label ever holds personal data.
type meter struct {
	registry *prometheus.Registry
	turns    *prometheus.CounterVec
	took     prometheus.Histogram
	refusals *prometheus.CounterVec
	sends    *prometheus.CounterVec
}

func newMeter() *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		turns:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smebot_turns_total", Help: "Turns by channel and intent."}, []string{"channel", "intent"}),
		took:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "smebot_route_seconds", Help: "Time to decide a turn, without storing it.", Buckets: []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1}}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smebot_refused_requests_total", Help: "Requests refused by a callback, by channel and reason."}, []string{"channel", "reason"}),
		sends:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smebot_sends_total", Help: "Messages and announcements (channel notify:…) by result: sent, retry, wait, drop, park, config."}, []string{"channel", "result"}),
	}
	m.registry.MustRegister(m.turns, m.took, m.refusals, m.sends, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meter) routed(in bot.Input, out bot.Outcome, took time.Duration) {
	m.turns.WithLabelValues(in.Message.From.Channel, out.Reply.Intent).Inc()
	m.took.Observe(took.Seconds())
}

func (m *meter) refused(channel, reason string) { m.refusals.WithLabelValues(channel, reason).Inc() }

func (m *meter) sent(channel string, result bot.SendClass) {
	m.sends.WithLabelValues(channel, cmp.Or(string(result), "sent")).Inc()
}

func (m *meter) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}
