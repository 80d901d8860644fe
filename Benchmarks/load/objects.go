package main

import "fmt"

const (
	jobs = "/apis/kubeflow.org/v1"
	core = "/api/v1"
)

func container() object {
	return object{
		"name": "tensorflow", "image": "example/trainer:1",
		"command":   []string{"train", "--steps", "1000"},
		"resources": object{"limits": object{"cpu": "1", "memory": "1Gi"}},
	}
}

// job is a TFJob of one worker.
func job(o options, index int) object {
	return object{
		"apiVersion": "kubeflow.org/v1", "kind": "TFJob",
		"metadata": object{"name": fmt.Sprintf("%s-%d", o.prefix, index), "namespace": o.namespace},
		"spec": object{"tfReplicaSpecs": object{"Worker": object{
			"replicas": 1, "restartPolicy": "OnFailure",
			"template": object{"spec": object{"containers": []object{container()}}},
		}}},
	}
}

func labels(name string) object {
	return object{
		"training.kubeflow.org/job-name": name, "training.kubeflow.org/operator-name": "tfjob-controller",
		"training.kubeflow.org/replica-type": "worker", "training.kubeflow.org/replica-index": "0",
		"training.kubeflow.org/job-role": "master",
	}
}

func child(owner object, kind string) object {
	metadata := owner["metadata"].(object)
	name := metadata["name"].(string)
	return object{
		"name": name + "-worker-0", "namespace": metadata["namespace"], "labels": labels(name),
		"ownerReferences": []object{{
			"apiVersion": "kubeflow.org/v1", "kind": "TFJob", "name": name, "uid": metadata["uid"],
			"controller": true, "blockOwnerDeletion": true,
		}},
	}
}

func pod(owner object) object {
	training := container()
	training["ports"] = []object{{"name": "tfjob-port", "containerPort": 2222}}
	return object{
		"apiVersion": "v1", "kind": "Pod", "metadata": child(owner, "Pod"),
		"spec": object{"restartPolicy": "OnFailure", "containers": []object{training}},
	}
}

func service(owner object) object {
	name := owner["metadata"].(object)["name"].(string)
	return object{
		"apiVersion": "v1", "kind": "Service", "metadata": child(owner, "Service"),
		"spec": object{
			"clusterIP": "None", "selector": labels(name),
			"ports": []object{{"name": "tfjob-port", "port": 2222}},
		},
	}
}

func event(owner object, index int) object {
	metadata := owner["metadata"].(object)
	return object{
		"apiVersion": "v1", "kind": "Event",
		"metadata": object{
			"name": fmt.Sprintf("%s.%d", metadata["name"], index), "namespace": metadata["namespace"],
		},
		"involvedObject": object{
			"apiVersion": "kubeflow.org/v1", "kind": "TFJob", "name": metadata["name"],
			"namespace": metadata["namespace"], "uid": metadata["uid"],
		},
		"reason": "SuccessfulCreatePod", "message": "Created pod", "type": "Normal", "count": 1,
		"source": object{"component": "bare-client"},
	}
}

// created is the status that an operator writes when it has seen a job.
func created(owner object, time string) object {
	name := owner["metadata"].(object)["name"].(string)
	return object{
		"startTime": time,
		"conditions": []object{{
			"type": "Created", "status": "True", "reason": "TFJobCreated",
			"message": fmt.Sprintf("TFJob %s is created.", name), "lastUpdateTime": time, "lastTransitionTime": time,
		}},
		"replicaStatuses": object{"Worker": object{"active": 0}},
	}
}
