import AerieAPI
import KubernetesAPI

/// Which services there shall be: a headless one for every replica, so that its name leads to its pod.
extension TFJobRound {
    mutating func wantServices() {
        for service in census.surplusServices { delete(service) }
        for replica in replicas {
            for index in 0..<replica.count where census.service(replica.type, index) == nil {
                let name = job.childName(replica.type, index)
                guard !census.takenServiceNames.contains(name) else { continue }
                actions.append(.create(serviceManifest(replica, index)))
                tell(.normal, "SuccessfulCreateService", "Created service: \(name)")
            }
        }
    }

    mutating func delete(_ service: Service) {
        guard service.metadata.deletionTimestamp == nil else { return }
        actions.append(.delete(service.reference, uid: service.metadata.uid))
        tell(.normal, "SuccessfulDeleteService", "Deleted service: \(service.metadata.name)")
    }

    private func serviceManifest(_ replica: TFJob.Replica, _ index: Int) -> Manifest {
        let labels = JSONValue(job.labels(replica.type, index))
        let ports = replica.ports.map { port in
            JSONValue(compacting: [
                "name": port.name.isEmpty ? nil : .string(port.name), "port": JSONValue(port.number),
            ])
        }
        return Manifest(
            Reference(
                Service.resource, namespace: job.metadata.namespace, name: job.childName(replica.type, index)),
            [
                "metadata": ["labels": labels, "ownerReferences": [OwnerReference(controller: job).json]],
                "spec": ["clusterIP": "None", "selector": labels, "ports": .array(ports)],
            ])
    }
}
