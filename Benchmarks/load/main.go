// Command load is the bare client of the benchmarks: it speaks to the Kubernetes API with nothing but Go's standard
// library, makes the objects that the operators work on, plays the kubelet's part and measures.
//
// Each subcommand prints one JSON object on stdout. The server comes from the environment: SERVER, CA, TOKEN.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

// options are the flags of all subcommands; each reads the ones that it needs.
type options struct {
	namespace   string
	prefix      string
	count       int
	concurrency int
	phase       string
	statuses    int
	events      int
	interval    time.Duration
	timeout     time.Duration
	http2       bool
}

func main() {
	commands := map[string]func(*client, options) (interface{}, error){
		"create":  create,
		"play":    play,
		"replay":  replay,
		"latency": latency,
		"wait":    wait,
		"finish":  finish,
		"ended":   ended,
		"clear":   clear,
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fail(fmt.Errorf("usage: load create|play|replay|latency|wait|finish|ended|clear [flags]"))
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.namespace, "namespace", "default", "namespace of all objects")
	flags.StringVar(&o.prefix, "prefix", "job", "names are PREFIX-0, PREFIX-1, …")
	flags.IntVar(&o.count, "count", 100, "number of jobs or pods")
	flags.IntVar(&o.concurrency, "concurrency", 4, "requests at the same time")
	flags.StringVar(&o.phase, "phase", "Running", "the phase that play gives to pods")
	flags.IntVar(&o.statuses, "statuses", 1, "status writes of a job in replay")
	flags.IntVar(&o.events, "events", 2, "events of a job in replay")
	flags.DurationVar(&o.interval, "interval", time.Second, "time between two jobs in latency")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Minute, "when wait gives up")
	flags.BoolVar(&o.http2, "http2", false, "one HTTP/2 connection instead of one HTTP/1.1 connection a worker")
	if err := flags.Parse(os.Args[2:]); err != nil {
		fail(err)
	}
	c, err := newClient(o)
	if err != nil {
		fail(err)
	}
	result, err := commands[os.Args[1]](c, o)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "load:", err)
	os.Exit(1)
}
