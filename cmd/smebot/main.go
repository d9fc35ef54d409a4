// Command smebot answers small firms' questions about policies, finds the kind of service platform they need,
// and takes referrals, over WeChat, Telegram, a web page and the terminal. This package is the wiring: one
// file for each command, the configuration, start and stop. What is said is decided in package intents, what
// is kept in package store.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Config string `help:"Configuration file." default:"config.yaml" type:"path" placeholder:"FILE"`
	Data   string `help:"Data folder, in place of the configuration's." type:"path" placeholder:"DIR"`

	Serve     serveCmd     `cmd:"" default:"1" help:"Run everything in the configuration (the default)."`
	Chat      chatCmd      `cmd:"" help:"Talk in the terminal."`
	Ask       askCmd       `cmd:"" help:"Ask one question, or answer JSON lines."`
	Search    searchCmd    `cmd:"" help:"Rank articles, without a conversation."`
	Knowledge knowledgeCmd `cmd:"" help:"Policy documents."`
	Examples  examplesCmd  `cmd:"" help:"Ways of asking, taught beside the built-in ones."`
	Leads     leadsCmd     `cmd:"" help:"Referral leads."`
	Directory directoryCmd `cmd:"" help:"Organisations that offer platform services."`
	Staff     staffCmd     `cmd:"" help:"Accounts of the staff console."`
	Verify    verifyCmd    `cmd:"" help:"Check every invariant of the store."`
	Guide     guideCmd     `cmd:"" help:"The guide to the right platform type."`
	Notify    notifyCmd    `cmd:"" help:"Places where staff hear of leads."`
	Retention retentionCmd `cmd:"" help:"What is kept past its time."`
	Incident  incidentCmd  `cmd:"" help:"Who is concerned when data got out of hand, with drafts of what to tell them."`
	Wechat    wechatCmd    `cmd:"" help:"WeChat official accounts."`
	Version   versionCmd   `cmd:"" help:"Version, commit and Go version."`
}

// env is what every command runs with.
type env struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	errs   io.Writer
	config Config
	log    *slog.Logger
}

// usageError is wrong use of the command line: exit status 2.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run parses the arguments and runs one command. It returns the exit status: 0, 1 for an error, 2 for wrong
// usage.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errs io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("smebot"), kong.Description("An assistant for small firms in Guangdong's specialised towns."),
		kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errs, "smebot:", err)
		return 1
	}
	k, err := parser.Parse(args)
	if exit >= 0 { // help was asked for and printed
		return exit
	}
	if err != nil {
		fmt.Fprintln(errs, "smebot:", err)
		return 2
	}
	e := &env{ctx: ctx, in: in, out: out, errs: errs}
	if k.Command() != "version" {
		if e.config, err = loadConfig(c.Config, flagGiven(args, "--config"), environ); err == nil && c.Data != "" {
			e.config.Data = c.Data
		}
	}
	if err == nil {
		e.log = logger(e.config.Log, errs)
		slog.SetDefault(e.log)
		e.config.warn(e.log)
		err = k.Run(e)
	}
	switch usage := (usageError{}); {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(errs, "smebot:", err)
		return 2
	default:
		fmt.Fprintln(errs, "smebot:", err)
		return 1
	}
}

func flagGiven(args []string, name string) bool {
	for _, a := range args {
		if a == name || len(a) > len(name) && a[:len(name)+1] == name+"=" {
			return true
		}
	}
	return false
}

func logger(c LogConfig, w io.Writer) *slog.Logger {
	level := slog.LevelInfo
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
