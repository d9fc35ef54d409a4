.PHONY: run build test race race-parts race-program race-talks check bench

run:            ## serve on embedded defaults
	go run ./cmd/smebot

build:          ## one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o smebot ./cmd/smebot

test:           ## every test
	go test ./...

race: race-parts race-program race-talks ## the tests of everything that runs side by side, under the race detector

race-parts:
	go test -race -short ./bot/... ./store/... ./notify ./followup ./knowledge ./teach
race-program:
	go test -race -short -skip 'Knowledge|Versions|Newer|BadIndex|BadDatabase|Folders|Leads[CE]|Incident|VerifyNames|Files|Retention' ./cmd/smebot
race-talks:
	go test -race -short -run 'OnEveryChannel/web|WhileAnswering' ./intents/...

check:          ## what the gate runs
	.ci/run

bench:          ## start-up, memory, a turn, the store, search
	go test -run '^$$' -bench . ./...
