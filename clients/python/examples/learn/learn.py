import argparse, json, random, sys, time
import numpy as np, torch
from wire import Batch
from choices import Episode, Tool, Choice, Shared
from seen import Intent
from policy import Policy, pack

class Reader:
    def __init__(self): self.known={}
    def begin(self, obs):
        key=(obs["domain"],obs["task"],obs["version"])
        if key not in self.known:
            if len(self.known)>4000: self.known.clear()
            intent=Intent(obs["intent"]); self.known[key]=(intent,[Tool(s,intent) for s in obs["tools"]],Shared())
        return Episode(*self.known[key])

def play(batch, policy, resets, noise, reader, keep=True):
    replies=batch.send([{"type":"reset","session":str(i),"data":r} for i,r in enumerate(resets)])
    for r in replies:
        if r["type"]!="observation": raise SystemExit(r)
    episodes=[]
    for r in replies:
        o=r["data"]["observation"]; episodes.append(reader.begin(o))
    tasks=[r["data"]["observation"]["domain"]+"/"+r["data"]["observation"]["task"] for r in replies]
    rewards=[None]*len(resets); record=[[] for _ in resets]; lengths=[0]*len(resets)
    live=list(range(len(resets)))
    while live:
        actions={}; open_=list(live)
        while open_:
            by={}
            for i in open_:
                c=episodes[i].next(); by.setdefault(c.head,[]).append((i,c))
            open_=[]
            for head in list(by):
                taken,logs=policy.draw(head,[c for _,c in by[head]],noise)
                for (i,c),t,l in zip(by[head],taken,logs):
                    if keep: record[i].append((c,t,l))
                    a=episodes[i].take(c,t)
                    if a is None: open_.append(i)
                    else: actions[i]=a
        order=sorted(actions)
        replies=batch.send([{"type":"step","session":str(i),"data":actions[i]} for i in order])
        live=[]
        for i,r in zip(order,replies):
            if r["type"]!="observation": raise SystemExit(r)
            d=r["data"]; lengths[i]+=1
            if d["done"]: rewards[i]=d["reward"]
            else:
                episodes[i].note(d["observation"]); live.append(i)
    batch.send([{"type":"close","session":str(i)} for i in range(len(resets))])
    return tasks,rewards,record,lengths

def evaluate(batch, policy, held, seed, reader):
    noise=torch.Generator().manual_seed(seed+10_000)
    out=[]
    for at in range(0,len(held),256):
        part=held[at:at+256]
        _,rewards,_,_=play(batch,policy,[{"domain":t["domain"],"task":t["id"],"split":"test","seed":seed} for t in part],noise,reader,keep=False)
        out+=[r or 0 for r in rewards]
    return out

def main():
    p=argparse.ArgumentParser()
    p.add_argument("url"); p.add_argument("--seed",type=int,default=0); p.add_argument("--out",default="run.jsonl")
    p.add_argument("--minutes",type=float,default=20); p.add_argument("--tasks",type=int,default=32); p.add_argument("--group",type=int,default=8)
    p.add_argument("--held",type=int,default=400); p.add_argument("--length",type=int,default=2)
    p.add_argument("--every",type=int,default=25); p.add_argument("--lr",type=float,default=3e-3); p.add_argument("--beta",type=float,default=0.002)
    p.add_argument("--epochs",type=int,default=2); p.add_argument("--clip",type=float,default=0.2); p.add_argument("--domains",type=int,default=250); p.add_argument("--threads",type=int,default=1)
    a=p.parse_args()
    torch.set_num_threads(a.threads); torch.manual_seed(a.seed)
    batch=Batch(a.url); reader=Reader()
    train=batch.tasks(split="train"); trained={t["domain"] for t in train}
    held=[t for t in batch.tasks(split="test",language="en",max_length=a.length) if t["domain"] not in trained]
    print("train domains",len(trained),"held tasks",len(held),"of",len({t["domain"] for t in held}),"domains",flush=True)
    held.sort(key=lambda t:(t["domain"],t["id"])); random.Random(0).shuffle(held); held=held[:a.held]
    from collections import Counter
    short=Counter(t["domain"] for t in batch.tasks(split="train",language="en",max_length=a.length))
    domains=sorted(d for d,n in short.items() if n>=2); random.Random(0).shuffle(domains); domains=domains[:a.domains]
    print(len(domains),"domains",sum(short[d] for d in domains),"tasks",flush=True)
    order=[]; visits=Counter(); shuffler=random.Random(a.seed)
    policy=Policy(); reference=Policy(); reference.load_state_dict(policy.state_dict())
    optimizer=torch.optim.Adam(policy.parameters(),lr=a.lr)
    noise=torch.Generator().manual_seed(a.seed)
    log=open(a.out,"w"); began=time.time(); it=0; index=0
    while True:
        if it%a.every==0 or time.time()-began>a.minutes*60:
            t0=time.time(); score=evaluate(batch,policy,held,0,reader)
            row={"iteration":it,"episodes":index,"minutes":(time.time()-began)/60,"held":float(np.mean(score)),"took":time.time()-t0}
            print(json.dumps(row),flush=True); log.write(json.dumps(row)+"\n"); log.flush()
            if time.time()-began>a.minutes*60: break
        t0=time.time(); n=a.tasks*a.group
        resets=[]
        for _ in range(a.tasks):
            if not order: order=list(domains); shuffler.shuffle(order)
            d=order.pop()
            resets+=[{"domain":d,"sample":{"seed":a.seed,"index":visits[d]*a.group+m,"group":a.group},"split":"train","seed":m,"filter":{"language":"en","length":{"max":a.length}}} for m in range(a.group)]
            visits[d]+=1
        xx=0 and [{"sample":{"seed":a.seed,"index":index+i,"group":a.group},"split":"train","seed":index+i,"filter":{"language":"en","length":{"max":a.length}}} for i in range(n)]
        index+=n
        tasks,rewards,record,lengths=play(batch,policy,resets,noise,reader)
        t1=time.time()
        r=np.array([x or 0 for x in rewards],dtype=np.float32).reshape(a.tasks,a.group)
        adv=((r-r.mean(1,keepdims=True))/(r.std(1,keepdims=True)+1e-4)).reshape(-1)
        used=[i for i in range(n) if adv[i]!=0]
        if used:
            heads={}
            for i in used:
                w=1/len(record[i])
                for c,t,l in record[i]:
                    heads.setdefault(c.head,([],[],[],[],[]))
                    h=heads[c.head]; h[0].append(c); h[1].append(t); h[2].append(l); h[3].append(adv[i]); h[4].append(w)
            data={}
            for head,(cs,ts,ls,ad,w) in heads.items():
                pk=pack(cs); at=pk.starts+torch.tensor(ts)
                with torch.no_grad(): ref=reference.log_probabilities(head,pk)[at]
                data[head]=(pk,at,torch.tensor(ls),torch.tensor(np.array(ad)),torch.tensor(np.array(w,dtype=np.float32)),ref)
            for _ in range(a.epochs):
                loss=0
                for head,(pk,at,old,ad,w,ref) in data.items():
                    new=policy.log_probabilities(head,pk)[at]
                    ratio=(new-old).exp()
                    gain=torch.minimum(ratio*ad,ratio.clamp(1-a.clip,1+a.clip)*ad)
                    d=ref-new; kl=d.exp()-d-1
                    loss=loss-((gain-a.beta*kl)*w).sum()/n
                optimizer.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(policy.parameters(),1.0); optimizer.step()
        it+=1
        if it%5==0 or it<4: print(it,f"reward {r.mean():.3f} groups {len(used)/n:.2f} len {np.mean(lengths):.1f} choices {np.mean([len(x) for x in record]):.1f} play {t1-t0:.2f}s update {time.time()-t1:.2f}s",flush=True)
main()
