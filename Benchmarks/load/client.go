package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

type object = map[string]interface{}

// client sends requests and nothing else: no cache, no rate limit, no retries.
type client struct {
	server string
	token  string
	http   *http.Client
}

func newClient(o options) (*client, error) {
	authority, err := os.ReadFile(os.Getenv("CA"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("no certificate in %s", os.Getenv("CA"))
	}
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: pool},
		MaxIdleConnsPerHost: o.concurrency + 4,
		ForceAttemptHTTP2:   o.http2,
	}
	if !o.http2 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	return &client{os.Getenv("SERVER"), os.Getenv("TOKEN"), &http.Client{Transport: transport}}, nil
}

// do sends one request and returns the answer's object.
func (c *client) do(method, path string, body interface{}) (object, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequest(method, c.server+path, reader)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode, data)
	}
	var result object
	return result, json.Unmarshal(data, &result)
}

// list returns all objects of a collection, page by page, and the version that a watch starts from.
func (c *client) list(path string, each func(object)) (string, error) {
	next := ""
	for {
		page, err := c.do(http.MethodGet, path+"?limit=500&continue="+next, nil)
		if err != nil {
			return "", err
		}
		items, _ := page["items"].([]interface{})
		for _, item := range items {
			each(item.(object))
		}
		metadata := page["metadata"].(object)
		if next, _ = metadata["continue"].(string); next == "" {
			return metadata["resourceVersion"].(string), nil
		}
	}
}

// watch calls each for every event until it returns false or the context ends.
func (c *client) watch(ctx context.Context, path, version string, each func(kind string, o object) bool) error {
	request, err := http.NewRequestWithContext(
		ctx, http.MethodGet, c.server+path+"?watch=1&resourceVersion="+version, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("watch %s: %s", path, response.Status)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 1<<20), 8<<20)
	for lines.Scan() {
		var event struct {
			Type   string `json:"type"`
			Object object `json:"object"`
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return err
		}
		if !each(event.Type, event.Object) {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return fmt.Errorf("the watch of %s ended early", path)
}

// forEach runs work for 0..<count on `concurrency` workers and returns how long all took and the first error.
func forEach(count, concurrency int, work func(int) error) (time.Duration, error) {
	indexes := make(chan int, count)
	for i := 0; i < count; i++ {
		indexes <- i
	}
	close(indexes)
	failures := make(chan error, concurrency)
	began := time.Now()
	var workers sync.WaitGroup
	for w := 0; w < concurrency; w++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range indexes {
				if err := work(i); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	workers.Wait()
	took := time.Since(began)
	select {
	case err := <-failures:
		return took, err
	default:
		return took, nil
	}
}

func namespaced(o options, group, resource string) string {
	return group + "/namespaces/" + o.namespace + "/" + resource
}
