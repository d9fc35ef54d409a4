// Command evaluate measures smebot against files of labelled cases and refits the weights of its
// understanding. It is for developers: it is never shipped, keeps nothing but the files it is told to write,
// and never changes the data of a running bot.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/alecthomas/kong"
)

type cli struct {
	Answers    answersCmd    `cmd:"" help:"Ask every labelled question and count what is right."`
	Retrieval  retrievalCmd  `cmd:"" help:"Search every labelled question and score the ranking."`
	Compare    compareCmd    `cmd:"" help:"Put the same questions to smebot and to plain ways of searching."`
	Fit        fitCmd        `cmd:"" help:"Fit the weights of the understanding from the example files."`
	FitRanking fitRankingCmd `cmd:"" help:"Fit the ranking of articles from labelled questions."`
	FitFinding fitFindingCmd `cmd:"" help:"Fit how sure an answer from imported documents is, from labelled questions."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("evaluate"), kong.Description("Measures smebot's answers and retrieval."), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}
