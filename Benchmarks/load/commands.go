package main

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"sync"
	"time"
)

type took struct {
	Seconds float64 `json:"seconds"`
	Count   int     `json:"count"`
}

// create makes TFJobs.
func create(c *client, o options) (interface{}, error) {
	duration, err := forEach(o.count, o.concurrency, func(i int) error {
		_, err := c.do(http.MethodPost, namespaced(o, jobs, "tfjobs"), job(o, i))
		return err
	})
	return took{duration.Seconds(), o.count}, err
}

// replay makes TFJobs (not timed) and then, timed, what an operator writes for each: service, pod, statuses, events.
func replay(c *client, o options) (interface{}, error) {
	owners := make([]object, o.count)
	if _, err := forEach(o.count, o.concurrency, func(i int) (err error) {
		owners[i], err = c.do(http.MethodPost, namespaced(o, jobs, "tfjobs"), job(o, i))
		return err
	}); err != nil {
		return nil, err
	}
	duration, err := forEach(o.count, o.concurrency, func(i int) error {
		for n := 0; n < o.statuses; n++ {
			owner := owners[i]
			owner["status"] = created(owner, time.Now().UTC().Format(time.RFC3339))
			path := fmt.Sprintf("%s/%s/status", namespaced(o, jobs, "tfjobs"), owner["metadata"].(object)["name"])
			written, err := c.do(http.MethodPut, path, owner)
			if err != nil {
				return err
			}
			owners[i] = written
		}
		if _, err := c.do(http.MethodPost, namespaced(o, core, "services"), service(owners[i])); err != nil {
			return err
		}
		if _, err := c.do(http.MethodPost, namespaced(o, core, "pods"), pod(owners[i])); err != nil {
			return err
		}
		for n := 0; n < o.events; n++ {
			if _, err := c.do(http.MethodPost, namespaced(o, core, "events"), event(owners[i], n)); err != nil {
				return err
			}
		}
		return nil
	})
	return took{duration.Seconds(), o.count}, err
}

// play gives the pods of a namespace a phase, as their kubelet would.
func play(c *client, o options) (interface{}, error) {
	var pods []object
	if _, err := c.list(namespaced(o, core, "pods"), func(pod object) {
		if phase, _ := pod["status"].(object)["phase"].(string); phase != o.phase {
			pods = append(pods, pod)
		}
	}); err != nil {
		return nil, err
	}
	duration, err := forEach(len(pods), o.concurrency, func(i int) error {
		name := pods[i]["metadata"].(object)["name"].(string)
		_, err := c.do(http.MethodPatch, namespaced(o, core, "pods")+"/"+name+"/status", object{"status": played(o.phase)})
		return err
	})
	return took{duration.Seconds(), len(pods)}, err
}

func played(phase string) object {
	now := time.Now().UTC().Format(time.RFC3339)
	state := object{"running": object{"startedAt": now}}
	if phase == "Succeeded" {
		state = object{"terminated": object{"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}
	}
	ready := "True"
	if phase != "Running" {
		ready = "False"
	}
	return object{
		"phase": phase, "startTime": now, "podIP": "127.1.2.3",
		"conditions": []object{{"type": "Ready", "status": ready, "lastTransitionTime": now}},
		"containerStatuses": []object{{
			"name": "tensorflow", "image": "example/trainer:1", "imageID": "", "ready": phase == "Running",
			"restartCount": 0, "state": state,
		}},
	}
}

// wait counts pods and services until there are as many as asked for of each; it says when the last one came.
func wait(c *client, o options) (interface{}, error) {
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	times := make([]time.Time, 2)
	failures := make([]error, 2)
	var both sync.WaitGroup
	for i, resource := range []string{"pods", "services"} {
		both.Add(1)
		go func(i int, path string) {
			defer both.Done()
			seen := 0
			version, err := c.list(path, func(object) { seen++ })
			times[i] = time.Now()
			if err == nil && seen < o.count {
				err = c.watch(ctx, path, version, func(kind string, _ object) bool {
					if kind == "ADDED" {
						seen++
						times[i] = time.Now()
					}
					return seen < o.count
				})
			}
			failures[i] = err
		}(i, namespaced(o, core, resource))
	}
	both.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	last := times[0]
	if times[1].After(last) {
		last = times[1]
	}
	return object{"epoch": float64(last.UnixNano()) / 1e9, "count": o.count}, nil
}

// finish waits until as many TFJobs as asked for say that they succeeded.
func finish(c *client, o options) (interface{}, error) {
	began := time.Now()
	for time.Since(began) < o.timeout {
		succeeded := 0
		if _, err := c.list(namespaced(o, jobs, "tfjobs"), func(job object) {
			status, _ := job["status"].(object)
			if status["completionTime"] != nil {
				succeeded++
			}
		}); err != nil {
			return nil, err
		}
		if succeeded >= o.count {
			return took{time.Since(began).Seconds(), succeeded}, nil
		}
		time.Sleep(500 * time.Millisecond)
	}
	return nil, fmt.Errorf("not all of %d jobs finished within %s", o.count, o.timeout)
}

// ended watches until as many TFJobs as asked for say that they ended, and says when the last one did.
func ended(c *client, o options) (interface{}, error) {
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	names := map[interface{}]bool{}
	look := func(job object) bool {
		if status, _ := job["status"].(object); status["completionTime"] != nil {
			names[job["metadata"].(object)["name"]] = true
		}
		return len(names) < o.count
	}
	path := namespaced(o, jobs, "tfjobs")
	version, err := c.list(path, func(job object) { look(job) })
	if err == nil && len(names) < o.count {
		err = c.watch(ctx, path, version, func(kind string, job object) bool { return look(job) })
	}
	return object{"epoch": float64(time.Now().UnixNano()) / 1e9, "count": len(names)}, err
}

// clear deletes all TFJobs of a namespace and, in the garbage collector's place, what is left of them; not timed.
func clear(c *client, o options) (interface{}, error) {
	remove := func(path string) error {
		_, err := c.do(http.MethodDelete, path+"?gracePeriodSeconds=0&propagationPolicy=Background", nil)
		return err
	}
	for _, path := range []string{
		namespaced(o, jobs, "tfjobs"), namespaced(o, core, "pods"), namespaced(o, core, "events"),
	} {
		if err := remove(path); err != nil {
			return nil, err
		}
	}
	var services []string
	_, err := c.list(namespaced(o, core, "services"), func(service object) {
		services = append(services, service["metadata"].(object)["name"].(string))
	})
	if err != nil {
		return nil, err
	}
	duration, err := forEach(len(services), o.concurrency, func(i int) error {
		return remove(namespaced(o, core, "services") + "/" + services[i])
	})
	return took{duration.Seconds(), len(services)}, err
}

// latency makes one TFJob an interval and measures from just before its POST until its pod is seen by a watch; beside
// each it times a bare POST of a service, the round trip that the server itself needs.
func latency(c *client, o options) (interface{}, error) {
	version, err := c.list(namespaced(o, core, "pods"), func(object) {})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	began := make([]time.Time, o.count)
	acknowledged := make([]time.Time, o.count)
	var lock sync.Mutex
	var fromApply, fromAnswer, trips []float64
	watched := make(chan error, 1)
	go func() {
		seen := 0
		watched <- c.watch(ctx, namespaced(o, core, "pods"), version, func(kind string, pod object) bool {
			now := time.Now()
			var index int
			name := pod["metadata"].(object)["name"].(string)
			if _, err := fmt.Sscanf(name, o.prefix+"-%d-worker-0", &index); kind != "ADDED" || err != nil {
				return true
			}
			lock.Lock()
			defer lock.Unlock()
			fromApply = append(fromApply, now.Sub(began[index]).Seconds()*1e3)
			if acknowledged[index].IsZero() {
				acknowledged[index] = now
			}
			fromAnswer = append(fromAnswer, now.Sub(acknowledged[index]).Seconds()*1e3)
			seen++
			return seen < o.count
		})
	}()
	ticker := time.NewTicker(o.interval)
	defer ticker.Stop()
	for i := 0; i < o.count; i++ {
		lock.Lock()
		began[i] = time.Now()
		lock.Unlock()
		owner, err := c.do(http.MethodPost, namespaced(o, jobs, "tfjobs"), job(o, i))
		if err != nil {
			return nil, err
		}
		lock.Lock()
		if acknowledged[i].IsZero() {
			acknowledged[i] = time.Now()
		}
		lock.Unlock()
		<-ticker.C
		probe := service(owner)
		probe["metadata"].(object)["name"] = fmt.Sprintf("%s-%d-probe", o.prefix, i)
		probe["metadata"].(object)["labels"] = object{}
		sent := time.Now()
		if _, err := c.do(http.MethodPost, namespaced(o, core, "services"), probe); err != nil {
			return nil, err
		}
		trips = append(trips, time.Since(sent).Seconds()*1e3)
		<-ticker.C
	}
	if err := <-watched; err != nil {
		return nil, err
	}
	return object{
		"applyToPod": quantiles(fromApply), "answerToPod": quantiles(fromAnswer), "roundTrip": quantiles(trips),
	}, nil
}

// quantiles of milliseconds.
func quantiles(values []float64) object {
	sort.Float64s(values)
	at := func(q float64) float64 { return values[int(q*float64(len(values)-1)+0.5)] }
	return object{"p50": at(0.5), "p99": at(0.99), "max": values[len(values)-1], "count": len(values)}
}
